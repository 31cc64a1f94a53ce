"""The pages in docs/ that are written from tables of the source."""
import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_on_the_accepted_language_is_up_to_date(request):
    spec = importlib.util.spec_from_file_location("accepted_page", ROOT / "docs" / "accepted.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    if request.config.getoption("--update-golden"):
        script.PAGE.write_text(script.page(), encoding="utf-8")
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "run python docs/accepted.py"
