"""An explorable on its page, driven as a reader drives it: by its native controls; read by what it shows."""

from __future__ import annotations

from collections.abc import Callable
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
                field = self.frame.locator(f'.explorable-control:has(input[name="{name}"]) input[type="number"]')
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
        return self._cell(result).inner_text()

    def control(self, name: str) -> float:
        """Return the number where a slider stands."""
        return float(self.frame.locator(f'input[type="range"][name="{name}"]').input_value())

    def summary(self) -> str:
        """Return the sentence for those who hear the page, once nothing moves any more."""
        self.page.wait_for_timeout(400)
        return self.frame.get_by_role("status").inner_text()

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

    def _drawn(self, act: Callable[[], Any]) -> None:
        before = self.frame.get_attribute("data-drawn")
        act()
        self.page.wait_for_function(
            """([name, before]) =>
              document.querySelector(`.explorable-frame[data-name="${name}"]`).dataset.drawn !== before""",
            arg=[self.name, before],
        )
