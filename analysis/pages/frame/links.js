// Links of the app's own pages lead there within the session, as the browser's back button does: a click puts the
// address into the history and tells the app that it has changed. Without this, or with a key held, they are plain
// links that open the same view anew. After each drawing, and each click, the line that the address names is brought
// into sight; anew where the page then draws it anew, until the reader moves. Where the reader changes the theme, the
// page is drawn once more, since its own colours come from the server.
export default function ({ data }) {
  let look;
  const rest = () => clearInterval(look);
  const seek = (id) => {
    rest();
    let tries = id ? 60 : 0;
    let seen;
    look = setInterval(() => {
      const found = tries > 0 && document.getElementById(id);
      if (found && found !== seen) found.scrollIntoView({ block: "center" });
      seen = found || seen;
      if (tries-- <= 0) rest();
    }, 50);
  };

  const arrive = () => window.dispatchEvent(new PopStateEvent("popstate", { state: null }));
  const scheme = () => getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme;
  let seenScheme = scheme();
  const themes = setInterval(() => {
    if (scheme() === seenScheme) return;
    seenScheme = scheme();
    arrive();
  }, 300);

  const follow = (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    const link = event.target.closest?.(".arena a[href^='./']");
    if (!link) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    arrive();
    seek(new URL(link.href).searchParams.get("sight"));
  };
  const moves = ["wheel", "touchmove", "pointerdown", "keydown"];
  document.addEventListener("click", follow);
  for (const move of moves) document.addEventListener(move, rest, { passive: true });
  seek(data.sight);

  return () => {
    document.removeEventListener("click", follow);
    for (const move of moves) document.removeEventListener(move, rest);
    clearInterval(themes);
    rest();
  };
}
