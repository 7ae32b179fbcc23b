// Keeps the score of the page's questions, in the page only. A question is <div class="question"> with one
// <details class="option"> an answer, the right one with the class "right" too: opening and marking need no script.
"use strict";

(function () {
  const questions = Array.from(document.querySelectorAll(".question"));
  const optionsOf = (question) => Array.from(question.querySelectorAll("details.option"));
  const sections = new Map(); // what the questions of a section have in common: a line with their score
  const answers = new Map(); // a question and whether its first answer was right

  function score(some) {
    const given = some.filter((question) => answers.has(question));
    const right = given.filter((question) => answers.get(question)).length;
    const open = some.length - given.length;
    return `${right} of ${some.length} right at the first try` + (open ? `, ${open} still open.` : ".");
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  function show() {
    for (const [section, line] of sections) {
      line.textContent = "This part: " + score(questions.filter((question) => question.closest("section") === section));
    }
    total.textContent = (sections.size > 1 ? "All in all: " : "") + score(questions);
    again.disabled = !document.querySelector(".option.seen");
  }

  // A click is the reader's, by mouse, touch or key. (Toggling is not: a search in the page opens an option, too.)
  function choose(question, option) {
    option.classList.add("seen");
    if (!answers.has(question)) answers.set(question, option.classList.contains("right"));
    show();
  }

  function startAgain() {
    answers.clear();
    for (const option of questions.flatMap(optionsOf)) {
      option.open = false;
      option.classList.remove("seen");
    }
    show();
    questions[0].scrollIntoView({ block: "center", behavior: "instant" });
    optionsOf(questions[0])[0].querySelector("summary").focus({ preventScroll: true });
  }

  questions.forEach((question, index) => {
    question.setAttribute("role", "group");
    question.setAttribute("aria-label", `Question ${index + 1} of ${questions.length}`);
    for (const option of optionsOf(question)) {
      option.querySelector("summary").addEventListener("click", () => choose(question, option));
    }
    sections.set(question.closest("section"), element("p", { className: "score" }));
  });

  const total = element("p", { className: "score total", role: "status" });
  const again = element("button", { type: "button", className: "again", textContent: "Start again" });
  again.addEventListener("click", startAgain);
  if (sections.size > 1) {
    for (const [section, line] of sections) {
      questions.filter((question) => question.closest("section") === section).pop().after(line);
    }
  }
  const last = questions[questions.length - 1];
  (sections.size > 1 ? sections.get(last.closest("section")) : last).after(total, again);
  show();
})();
