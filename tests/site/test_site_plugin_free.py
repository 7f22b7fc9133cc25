"""The site that GitHub makes where it deploys from a branch: no plugin runs, and the site lies below a base URL."""

import pytest
import specimen

pytestmark = pytest.mark.jekyll
STORIES = ["/projects/video_diffusion/", "/projects/zh/video_diffusion/", "/projects/pzodmc/", "/projects/zh/pzodmc/"]


def rooted(site) -> list[str]:
    """Every attribute of every page that names a place from the server's root, whatever the attribute is called."""
    found = []
    for address, page in site.pages.items():
        for tag, attributes in page.tags:
            found += [
                f"{address}: <{tag} {name}={value}>"
                for name, value in attributes.items()
                if value.startswith(("/", "../assets", "../../assets")) and not value.startswith(f"{site.baseurl}/")
            ]
    return found


@pytest.mark.parametrize("kind", ["site", "safe_site"])
def test_every_address_has_the_base_url(kind, request):
    site = request.getfixturevalue(kind)
    assert len(site.pages) > 10 and not rooted(site)


def test_every_address_leads_somewhere(safe_site):
    missing = {
        link
        for page in safe_site.pages.values()
        for link in page.links
        if link.startswith(f"{safe_site.baseurl}/") and not safe_site.file(link).is_file()
    }
    assert not missing


def test_players_get_their_data(browser, safe_address, safe_site):
    """On the specimen, whose frames are known, and on the project pages in both languages."""
    for path in (specimen.URLS["en"], *STORIES):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        failed = []
        page.on("response", lambda answer, failed=failed: failed.append(answer.url) if answer.status >= 400 else None)
        page.goto(safe_address + path)
        for kind in ("data-player", "data-particles"):
            if page.locator(f"[{kind}]").count():
                page.locator(f"[{kind}]").first.scroll_into_view_if_needed()
                page.locator(f"[{kind}].ready").first.wait_for(timeout=120_000)
        assert page.locator("[data-player], [data-particles]").count() and not failed, path
        page.close()
