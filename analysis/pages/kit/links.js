// Links of the app's own pages lead there within the session, as the browser's back button does: a click puts the
// address into the history and tells the app that it has changed. Without this, or with a key held, they are plain
// links that open the same view anew. After each drawing, the line that the address names is brought into sight.
export default function ({ data }) {
  const follow = (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    const link = event.target.closest?.(".arena a[href^='./']");
    if (!link) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: null }));
  };
  document.addEventListener("click", follow);

  let tries = data.sight ? 40 : 0;
  const look = setInterval(() => {
    const found = tries > 0 && document.getElementById(data.sight);
    if (found) found.scrollIntoView({ block: "center" });
    if (found || tries-- <= 0) clearInterval(look);
  }, 50);

  return () => {
    document.removeEventListener("click", follow);
    clearInterval(look);
  };
}
