/* The formulas of the book in JavaScript, in float64: the same ones as in bce_lib, which a test compares to 1e-12. */
(function () {
  "use strict";

  const sigmoid = (z) => {
    const e = Math.exp(-Math.abs(z));
    return z >= 0 ? 1 / (1 + e) : e / (1 + e);
  };

  /** Binary cross-entropy of a logit, in nats: the label's share against the logit's sign, times the margin; and the bump. */
  const loss = (y, z) => {
    const against = z >= 0 ? 1 - y : y;
    const m = Math.abs(z);
    return (against === 0 ? 0 : against * m) + Math.log1p(Math.exp(-m));
  };

  /** Its derivative by the logit, σ(z) − y without the cancellation. */
  const gradient = (y, z) => {
    const e = Math.exp(-Math.abs(z));
    return z >= 0 ? ((1 - y) - y * e) / (1 + e) : ((1 - y) * e - y) / (1 + e);
  };

  /** The log-odds of a probability; infinite at 0 and 1. */
  const logit = (p) => Math.log(p) - Math.log1p(-p);

  const dot = (v, w) => v.reduce((sum, x, i) => sum + x * w[i], 0);
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

  /** n numbers from a to b, both included. */
  const linspace = (a, b, n) => Array.from({ length: n }, (_, i) => i === n - 1 ? b : a + (b - a) * i / (n - 1));

  explorables.formulas = { sigmoid, loss, gradient, logit, dot, mean, linspace };
})();
