age-alt = 年齢を変えた顔
age-footer = お遊びです。予測ではありません。
