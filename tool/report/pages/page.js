/* SPDX-License-Identifier: BSD-2-Clause */
"use strict";
(function () {
  var find = document.getElementById("find"), timer = 0, wasOpen = [];
  var all = document.querySelectorAll("main .card, main tbody tr, main ul.look > li, main ul.plain > li");
  function holds(node, query) {
    return node.textContent.toLowerCase().indexOf(query) >= 0;
  }
  function search() {
    var query = find.value.trim().toLowerCase();
    all.forEach(function (node) {
      node.classList.toggle("gone", query !== "" && !holds(node, query));
    });
    if (query !== "") {
      document.querySelectorAll("main .card details").forEach(function (node) { node.open = node.open || holds(node, query); });
    }
  }
  function openFor(hash) {
    var node = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
    for (; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
  }
  /* The middle of a picture that is larger than its frame has more in it than its corner. */
  function centre() {
    document.querySelectorAll("figure").forEach(function (node) {
      node.scrollLeft = (node.scrollWidth - node.clientWidth) / 2;
      node.scrollTop = (node.scrollHeight - node.clientHeight) / 2;
    });
  }
  find.hidden = false;
  window.addEventListener("load", centre);
  find.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(search, 120); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement !== find) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape" && document.activeElement === find) { find.value = ""; search(); find.blur(); }
  });
  window.addEventListener("hashchange", function () { openFor(location.hash); });
  window.addEventListener("beforeprint", function () {
    wasOpen = [].filter.call(document.querySelectorAll("details"), function (node) { return !node.open; });
    wasOpen.forEach(function (node) { node.open = true; });
  });
  window.addEventListener("afterprint", function () { wasOpen.forEach(function (node) { node.open = false; }); });
  openFor(location.hash);
}());
