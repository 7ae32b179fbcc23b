// Typeset the equations on standard input (a JSON list of TeX) with the book's own MathJax; print MathML as a JSON list.
const mathjax = process.argv[2];
const equations = JSON.parse(require("fs").readFileSync(0, "utf8"));
require(mathjax + "/node-main.js")
  .init({ loader: { load: ["input/tex"], paths: { mathjax } } })
  .then(async (MathJax) => {
    const typeset = [];
    for (const tex of equations) typeset.push(await MathJax.tex2mmlPromise(tex));
    console.log(JSON.stringify(typeset));
  });
