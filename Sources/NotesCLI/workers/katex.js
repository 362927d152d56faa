// Sets formulas: a line of JSON for each, and one back. It gets its text from notes and loads only KaTeX.
const katex = require(process.env.NOTES_KATEX);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try {
    const { text, option } = JSON.parse(line);
    const html = katex.renderToString(text, {
      displayMode: option === "display", output: "htmlAndMathml", throwOnError: true,
      strict: "ignore", trust: false, maxSize: 50, maxExpand: 1000,
    });
    answer = { html };
  } catch (error) {
    answer = { error: String(error.message || error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
