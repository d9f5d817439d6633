import{b as a}from"./part-KO3EHRXU.js";import"./part-HZ6Y232B.js";import"./part-SEBDT4M5.js";import"./part-NOMXXPQT.js";import"./part-AJJ3ULMT.js";export{a as hangAlert};
