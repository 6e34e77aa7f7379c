"""How Sphinx makes the site of these pages; `nox -s docs` runs it."""

project = "Peace in REST"
project_copyright = ""
extensions = ["myst_parser"]
nitpicky = True

# Anchors as GitHub makes them, to the depth that pages have.
myst_heading_anchors = 4
# Without it a diff or a shell's words are guessed to be Python.
highlight_language = "text"

html_theme = "furo"
html_title = project
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
