"""/age and the menu "Age the faces": the faces of a photo at another age."""
