"""From bytes and words to renditions: typesetting, pictures, Markdown and the files that hold them."""
