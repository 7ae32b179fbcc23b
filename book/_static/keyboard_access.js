// What is wider than its column scrolls in a box of its own, which can be reached from the keyboard: also when it has just
// been unfolded, or typeset, or the telephone was turned. (The theme looks at some of these boxes, once.)
{
  const article = document.querySelector("article");
  const boxes = article?.querySelectorAll("pre, .text_html, div.math, .pst-scrollable-table-container") ?? [];

  const reach = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((changes) => changes.forEach(({ target }) => reach(target)));
  boxes.forEach((box) => watch.observe(box));

  // An equation among words is no box, until it does not fit.
  const fit = () => article.querySelectorAll("span.math > mjx-container").forEach((equation) => {
    const column = equation.closest("p, li, dd, td, figcaption, article").clientWidth;
    equation.classList.toggle("wide", equation.firstElementChild.offsetWidth > column);
  });
  if (article) new ResizeObserver(fit).observe(article);
}
