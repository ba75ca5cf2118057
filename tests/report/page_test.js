/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the page it is added to and tells the frame around it what is wrong: see browser.sh. */
"use strict";
(function () {
  var wrong = [], width = document.documentElement.clientWidth;
  function say(text) { if (wrong.length < 12) { wrong.push(text); } }
  function name(node) {
    return node.tagName.toLowerCase() + (node.id ? "#" + node.id : "") + (node.className.length ? "." + node.className : "") +
      " '" + node.textContent.trim().slice(0, 30) + "'";
  }
  function scrolls(node) {
    for (; node && node !== document.body; node = node.parentElement) {
      if (getComputedStyle(node).overflowX !== "visible") { return true; }
    }
    return false;
  }
  function links() {
    var ids = {};
    document.querySelectorAll("[id]").forEach(function (node) {
      if (ids[node.id]) { say("two elements have the id " + node.id); }
      ids[node.id] = true;
    });
    document.querySelectorAll("a").forEach(function (node) {
      var href = node.getAttribute("href") || "";
      if (href[0] !== "#") { say("a link leads out of the page: " + href); }
      if (!ids[href.slice(1)]) { say("nothing has the id of the link " + href + " " + name(node)); }
    });
    document.querySelectorAll("img").forEach(function (node) { if (!node.alt) { say("a picture has no text"); } });
  }
  function fits() {
    if (document.documentElement.scrollWidth > width) {
      say("the page scrolls sideways: " + document.documentElement.scrollWidth + " of " + width);
    }
    document.querySelectorAll("body *").forEach(function (node) {
      var box = node.getBoundingClientRect();
      if (box.width && (box.right > width + 1 || box.left < -1) && !scrolls(node)) { say("sticks out: " + name(node)); }
    });
  }
  /* ---- Contrast, as WCAG 2 defines it ---- */
  function parse(colour) {
    var m = colour.match(/[\d.]+/g).map(Number);
    return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 };
  }
  function luminance(c) {
    return [c.r, c.g, c.b].map(function (v) {
      v /= 255;
      return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }).reduce(function (sum, v, i) { return sum + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
  }
  function ground(node) {
    for (; node; node = node.parentElement) {
      var colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.a === 1) { return colour; }
      if (colour.a !== 0) { say("a background is half transparent: " + name(node)); }
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  }
  function texts() {
    var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), list = [], node;
    while ((node = walker.nextNode())) {
      var parent = node.parentElement;
      if (node.data.trim() && parent.checkVisibility() && !parent.closest("script, style, svg")) { list.push(node); }
    }
    return list;
  }
  function contrast(list) {
    var seen = {}, least = 99;
    list.forEach(function (node) {
      var style = getComputedStyle(node.parentElement), back = ground(node.parentElement), fore = parse(style.color);
      var key = style.color + [back.r, back.g, back.b];
      if (seen[key]) { return; }
      seen[key] = true;
      var a = luminance(fore), b = luminance(back), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      least = Math.min(least, ratio);
      if (ratio < 4.5) { say("contrast " + ratio.toFixed(2) + ": " + name(node.parentElement)); }
    });
    return least;
  }
  /* ---- Texts that lie on each other ---- */
  function overlaps(list) {
    var boxes = [];
    list.forEach(function (node) {
      if (node.parentElement.closest("nav, .mx")) { return; }
      var range = document.createRange();
      range.selectNodeContents(node);
      [].forEach.call(range.getClientRects(), function (box) {
        if (box.width > 2 && box.height > 2) { boxes.push({ box: box, node: node }); }
      });
    });
    boxes.sort(function (a, b) { return a.box.top - b.box.top; });
    for (var i = 0; i < boxes.length; i++) {
      for (var j = i + 1; j < boxes.length && boxes[j].box.top < boxes[i].box.bottom - 4; j++) {
        var a = boxes[i].box, b = boxes[j].box;
        if (boxes[i].node !== boxes[j].node && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2) {
          say("texts overlap: '" + boxes[i].node.data.trim().slice(0, 40) + "' and '" + boxes[j].node.data.trim().slice(0, 40) + "'");
        }
      }
    }
    return boxes.length;
  }
  function searches() {
    var find = document.getElementById("find"), rows = document.querySelectorAll("main .card").length;
    find.value = "no such text anywhere";
    find.dispatchEvent(new Event("input"));
    setTimeout(function () {
      if (rows && document.querySelectorAll("main .card:not(.gone)").length) { say("the search hides nothing"); }
      find.value = "";
      find.dispatchEvent(new Event("input"));
      setTimeout(function () {
        if (document.querySelectorAll(".gone").length) { say("an empty search hides something"); }
        report();
      }, 300);
    }, 300);
  }
  function report() {
    parent.postMessage("RESULT " + width + " least contrast " + least.toFixed(2) + ", " + boxes + " texts" +
      wrong.map(function (text) { return "\nWRONG at " + width + ": " + text; }).join(""), "*");
  }
  document.querySelectorAll("details").forEach(function (node) { node.open = true; });
  links();
  fits();
  var list = texts(), least = contrast(list), boxes = overlaps(list);
  if (!list.length) { say("there is no text"); }
  searches();
}());
