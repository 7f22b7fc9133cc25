// Reads [[tex, display], …] as JSON from stdin; writes [[html, error or null], …].
const katex = require("../theme/katex/katex.min.js");

const typeset = ([tex, displayMode]) => {
  const options = { displayMode, strict: false, trust: false };
  try {
    return [katex.renderToString(tex, options), null];
  } catch (error) {
    return [katex.renderToString(tex, { ...options, throwOnError: false }), error.message];
  }
};

const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(formulas.map(typeset)));
