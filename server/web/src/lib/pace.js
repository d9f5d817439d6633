/** Work that is asked for too often: done at once, then again after each pause while it is still asked for. */

/**
 * Run `work` now and at most once every `ms`; one that is asked for meanwhile runs when the pause is over.
 * @param {number} ms
 * @param {() => any} work
 */
export function paced(ms, work) {
  let resting = false;
  let asked = false;
  const run = async () => {
    if (resting) {
      asked = true;
      return;
    }
    resting = true;
    asked = false;
    setTimeout(() => {
      resting = false;
      if (asked) run();
    }, ms);
    await work();
  };
  return run;
}
