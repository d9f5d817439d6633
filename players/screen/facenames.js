/** The faces of alerts, named by what they hold; `python -m tests.gate.faces` writes this. */

export const FACE_16 = "d2397d1c528d7ae659256f619af5fadbebb0846290334f83cc94787a3516efb0.bin";
export const FACE_BOLD = "f579b83fb8d20ea5f4efe88ae09d41a09ec54dc8ae6bf99508f50003971b0fdd.woff2";
