/** Begins the station page. */
document.documentElement.dataset.ready = "yes";
