// What scrolls sideways in its own box can be reached from the keyboard, also when it has just been unfolded or has grown.
// (The theme looks at some of these boxes, once.)
{
  const boxes = "article :is(pre, .text_html, div.math, .pst-scrollable-table-container)";
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  document.querySelectorAll(boxes).forEach((box) => watch.observe(box));
}
