// Puts it together.

function start() {
  startTables();
  startFilter();
  startLines();
  startTimeline();
  document.documentElement.classList.add("scripted");
  changed("start");
}

start();
