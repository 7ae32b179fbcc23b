/* The formulas of the book in JavaScript, in float64: the same ones as in bce_lib, which a test compares to 1e-12.
   f32 holds the same operations in float32: each computes in float64 and rounds once. */
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

  /** Its derivative with respect to the logit, σ(z) − y without the cancellation. */
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

  const round = Math.fround;
  /** Arithmetic in float32. A sum, difference, product or quotient so rounded is float32's own: 53 digits are enough to
      round to 24 twice without harm. An exponential or a logarithm is float32's best. */
  const f32 = {
    round,
    neg: (a) => -a,
    abs: Math.abs,
    add: (a, b) => round(a + b),
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    div: (a, b) => round(a / b),
    min: Math.min,
    max: Math.max,
    exp: (a) => round(Math.exp(a)),
    log: (a) => round(Math.log(a)),
    log1p: (a) => round(Math.log1p(a)),
    /** The spacing of float32 numbers where x lies, a number of float64. */
    ulp(x) {
      const high = new DataView(new ArrayBuffer(8));
      high.setFloat64(0, x);
      const exponent = (high.getUint16(0) >> 4 & 0x7ff) - 1023;
      return 2 ** (Math.max(exponent, -126) - 23);
    },
  };

  explorables.formulas = { sigmoid, loss, gradient, logit, dot, mean, linspace, f32 };
})();
