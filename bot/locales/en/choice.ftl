### Which of several faces in a photo is meant.

choice-title = This photo shows { $faces } faces
choice-text = Which one is meant? The numbers are in the picture.
choice-footer = Job { $job }
choice-alt = The photo with { $faces } numbered faces
choice-placeholder = Choose a face …
choice-face-option = Face { $number }
