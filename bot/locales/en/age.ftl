age-alt = Faces at another age
age-footer = For fun, not a prediction.
