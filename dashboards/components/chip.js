// Ages in the browser: `data` gives ages in seconds at the moment it was sent; the rest is this tab's own clock,
// so a wrong clock on either side changes nothing and a dead server shows.
const SYMBOL = { live: "●", starting: "◆", slow: "◆", dead: "■", quiet: "◇", blind: "■", moment: "◷" };

function stateOf(data, passed) {
  const { slow, dead, quiet, blind } = data.limits;
  if (data.answered === null) {
    const waited = data.waited + passed;
    return { state: waited > dead ? "dead" : "starting", word: waited > dead ? "never" : "starting", age: waited };
  }
  const age = data.answered + passed;
  if (age > dead) return { state: "dead", word: data.to ? "dead" : "never", age };
  if (data.moment) return { state: "moment", word: "moment", age };
  if (age > slow) return { state: "slow", word: "slow", age };
  if (data.quiet === null && data.heard === null) return { state: "starting", word: "starting", age };
  if (data.heard === null || data.heard + passed > blind) return { state: "blind", word: "blind", age };
  if (data.quiet === null) return { state: "quiet", word: "idle", age };
  if (data.quiet + passed > quiet) return { state: "quiet", word: "quiet", age };
  return { state: "live", word: "live", age };
}

export default function (component) {
  const { data, parentElement } = component;
  const chip = parentElement.querySelector(".chip");
  const began = performance.now();
  let shown = "";
  const show = () => {
    const { state, word, age } = stateOf(data, (performance.now() - began) / 1000);
    const text = (data.words[word] ?? data.moment)
      .replace("{age}", Math.round(age))
      .replace("{time}", word === "quiet" ? data.since : data.to || "–");
    if (text !== shown) {
      chip.dataset.state = state;
      chip.title = data.runbooks[word] || "";
      chip.querySelector(".mark").textContent = SYMBOL[state];
      chip.querySelector(".text").textContent = text;
      shown = text;
    }
    if (document.title !== data.title) document.title = data.title;
  };
  show();
  const timer = setInterval(show, 500);
  return () => clearInterval(timer);
}
