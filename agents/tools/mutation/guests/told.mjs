// What is told about one mutant, gathered test by test.
const OUTCOMES = ["passed", "skipped", "failed"]; // of tests with one name the worst counts

export class Told {
  #started = performance.now();
  #tests = {};
  #broken = [];
  #end;

  // A fact about a test, or {end: true}; anything else that a mutant says is passed over.
  take(fact) {
    if (fact?.end) this.#end = 0;
    if (typeof fact?.test !== "string") return;
    const before = this.#tests[fact.test];
    const rank = (each) => OUTCOMES.indexOf(each.outcome);
    if (!before || rank(before) < rank(fact)) this.#tests[fact.test] = fact;
  }

  break(error) {
    this.#broken.push(String(error?.message ?? error).slice(0, 200));
  }

  get isBroken() {
    return this.#broken.length > 0;
  }

  facts() {
    return {
      tests: this.#tests,
      broken: this.#broken,
      collected: Object.keys(this.#tests),
      end: this.#end,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }
}
