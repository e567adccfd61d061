"""The hub's pages: plain server-rendered HTML, Dutch and English, that need no script."""
