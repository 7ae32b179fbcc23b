"""An explorable on its page, driven as a reader drives it, by its controls and its handles; read by what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from playwright.sync_api import Page

# A field that has the focus keeps what was typed into it. The picture is drawn in the next frame.
START_AGAIN = """name => {
  const shown = explorables.shown[name];
  document.activeElement.blur();
  shown.state = {};
  for (const control of shown.definition.controls) {
    if (control.press) shown.root.querySelector(`button[name="${control.name}"]`).textContent = control.text;
    else shown.set(control.name, control.value);
  }
  shown.definition.start?.(shown);
  shown.request();
  return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""

COMPUTED = """([name, places]) => {
  const shown = explorables.shown[name];
  const {values, data, state, definition} = shown;
  const found = places.map(place => definition.compute({...values, ...place}, data, state, shown));
  shown.state = {};
  shown.definition.start?.(shown);
  return found.map(({results}) => results);
}"""

# The handles of the charts in the order of the definition, each with its middle on the screen.
HANDLES = """name => explorables.shown[name].definition.drag.map(({chart}, i, all) => {
  const plot = explorables.shown[name].plots[chart];
  const handle = plot.handles[all.slice(0, i).filter(other => other.chart === chart).length];
  return {chart, axes: handle.axes, middle: plot.middle(handle), hidden: handle.element.hidden};
})"""


class Explorable:
    """The explorable of this name on a page that is open."""

    def __init__(self, page: Page, name: str) -> None:
        """Wait until it is drawn."""
        self.name, self.page = name, page
        self.page.wait_for_function(f"() => explorables.shown[{name!r}]")
        self.frame = self.page.locator(f'.explorable-frame[data-name="{name}"]')

    def start_again(self) -> None:
        """Put every control and what the explorable has kept back to where they stood when the page was opened."""
        self.page.evaluate(START_AGAIN, self.name)

    def set(self, **values: float | str) -> None:
        """Give controls new values: type a number, choose one of a few; and wait for the picture."""
        for name, value in values.items():
            if isinstance(value, str):
                radio = self.frame.locator(
                    f'input[type="radio"][name="explorable-{self.name}-{name}"][value="{value}"]'
                )
                if not radio.is_checked():  # choosing what is chosen changes nothing
                    self._drawn(radio.check)
            else:
                # The field to type into, or the slider of a control that has no field.
                field = self.frame.locator(f'.explorable-control:has(input[name="{name}"]) input').last
                self._drawn(lambda field=field, value=value: field.fill(repr(value)))  # type: ignore[misc]

    def press(self, name: str) -> None:
        """Press a button, and wait for the picture."""
        self._drawn(lambda: self.frame.locator(f'button[name="{name}"]').click())

    def key(self, name: str, key: str) -> None:
        """Press a key on a slider."""
        self._drawn(lambda: self.frame.locator(f'input[type="range"][name="{name}"]').press(key))

    def value(self, result: str) -> float:
        """Return a result with all its digits."""
        return float(self._cell(result).get_attribute("data-value") or "missing")

    def text(self, result: str) -> str:
        """Return a result as it is shown."""
        return str(self._cell(result).text_content())

    def control(self, name: str) -> float:
        """Return the number where a slider stands."""
        return float(self.frame.locator(f'input[type="range"][name="{name}"]').input_value())

    def summary(self) -> str:
        """Return the sentence that answers."""
        return self.frame.locator(".explorable-summary").inner_text()

    def spoken(self) -> str:
        """Return the sentence for those who hear the page, once nothing moves any more."""
        self.page.wait_for_timeout(600)
        return self.frame.get_by_role("status").inner_text()

    def computed(self, places: Iterable[Mapping[str, float | str]]) -> list[dict[str, float]]:
        """Return the results at many values of the controls, computed by the page all at once and not drawn."""
        found: list[dict[str, float]] = self.page.evaluate(COMPUTED, [self.name, [dict(place) for place in places]])
        return found

    def values(self) -> dict[str, float | str]:
        """Return the values of the controls."""
        found: dict[str, float | str] = self.page.evaluate("name => explorables.shown[name].values", self.name)
        return found

    def handles(self) -> list[dict[str, Any]]:
        """Return the handles: the chart and the axes of each, its middle on the screen, whether it is hidden."""
        found: list[dict[str, Any]] = self.page.evaluate(HANDLES, self.name)
        return found

    def show(self, handle: int) -> None:
        """Bring the chart of a handle into the middle of the screen."""
        chart = self.frame.locator(f'[data-chart="{self.handles()[handle]["chart"]}"]')
        chart.evaluate("chart => chart.scrollIntoView({block: 'center', behavior: 'instant'})")

    def drag(self, handle: int, across: float, up: float) -> tuple[float, float]:
        """Drag a handle with the mouse by so many pixels; return where the mouse let go."""
        self.show(handle)
        x, y = self.handles()[handle]["middle"]
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        for part in (0.3, 0.6, 1):
            mouse.move(x + part * across, y - part * up)
        mouse.up()
        self._settle()
        return x + across, y - up

    def swipe(self, x: float, y: float, across: float, up: float) -> None:
        """Draw a finger over the screen, from a point by so many pixels."""
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *points: dict[str, float]) -> None:
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", {"x": x, "y": y})
        for part in (0.2, 0.4, 0.6, 0.8, 1):
            touch("touchMove", {"x": x + part * across, "y": y - part * up})
        touch("touchEnd")
        session.detach()
        self._settle()

    def frames_per_second(self, name: str, values: list[float]) -> float:
        """Move a control through values as fast as the screen takes them; return the pictures per second."""
        seconds: Any = self.page.evaluate(
            """async ([shown, name, values]) => {
              const explorable = explorables.shown[shown], began = performance.now();
              for (const value of values) {
                explorable.set(name, value);
                await new Promise(requestAnimationFrame);
              }
              return (performance.now() - began) / 1000;
            }""",
            [self.name, name, values],
        )
        return len(values) / float(seconds)

    def _cell(self, result: str) -> Any:
        return self.frame.locator(f'[data-result="{result}"]')

    def _settle(self) -> None:
        self.page.evaluate("async () => { for (const _ of Array(3)) await new Promise(requestAnimationFrame) }")

    def _drawn(self, act: Callable[[], Any]) -> None:
        before = self.frame.get_attribute("data-drawn")
        act()
        self.page.wait_for_function(
            """([name, before]) =>
              document.querySelector(`.explorable-frame[data-name="${name}"]`).dataset.drawn !== before""",
            arg=[self.name, before],
        )
