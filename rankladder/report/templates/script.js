"use strict";
(() => {
  const claims = [...document.querySelectorAll("details.claim")];
  const families = [...document.querySelectorAll("section.family")];
  const buttons = [...document.querySelectorAll("#tools button")];
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  let verdict = "";

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const claim of claims) {
      const { verdict: own, status, text } = claim.dataset;
      const right = verdict === "" || (verdict === "!" ? status !== "as_expected" : own === verdict);
      claim.hidden = !(right && words.every((word) => text.includes(word)));
      count += !claim.hidden;
    }
    for (const family of families) {
      family.hidden = !family.querySelector("details.claim:not([hidden])");
    }
    none.hidden = count > 0;
    shown.textContent = count === claims.length ? "" : `${count} of ${claims.length} shown`;
  };

  const choose = (wanted) => {
    verdict = wanted;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === wanted));
    }
    apply();
  };

  // a link to a claim or a derivation opens it, and shows it whatever the filter
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!(target instanceof HTMLDetailsElement)) return;
    if (target.hidden) {
      search.value = "";
      choose("");
    }
    target.open = true;
    target.scrollIntoView();
  };

  for (const button of buttons) {
    button.addEventListener("click", () => choose(button.dataset.filter));
  }
  search.addEventListener("input", apply);
  addEventListener("hashchange", follow);

  // on paper nothing can be unfolded
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });

  document.documentElement.classList.add("live");
  apply();
  follow();
})();
