### Names and descriptions of commands, as Discord lists them.

classify-name = 顔認識
classify-description = 写真に写っている人を調べます
classify-photo-name = 写真
classify-photo-description = JPEG・PNG・WebP・GIF（10 MiBまで）
who-is-this-menu = この人は誰？

show-name = 再表示
show-description = 以前の写真の結果をもう一度投稿します
show-job-name = ジョブ
show-job-description = 一覧から選ぶか、結果の最後の行にある番号を入力してください

jobs-name = ジョブ一覧
jobs-description = 最近依頼したものと、順番待ちの状況を表示します
jobs-everyone-name = 全員
jobs-everyone-description = メンバー全員の分を表示します（モデレーターのみ）

people-name = 人物
people-description = このサーバーで名前が付けられた人たち
people-list-name = 一覧
people-list-description = 登録されている人と、それぞれの写真の枚数を表示します

settings-name = 設定
settings-description = このサーバーでのOmokageの動作を設定します
settings-labelling-name = 名前付け
settings-labelling-description = 顔に名前を付けられる人を決めます
settings-labelling-who-name = 対象
settings-labelling-who-description = 名前を付けたり訂正したりできる人
settings-language-name = 言語
settings-language-description = 全員に見える結果の言語を決めます
settings-language-which-name = 種類
settings-language-which-description = 全員共通の言語、またはメンバーそれぞれの言語

train-name = 学習
train-description = このサーバーの人たちを見分けられるように学習させます
train-start-name = 開始
train-start-description = 学習を始めます。経過はこのチャンネルのメッセージに表示されます
train-status-name = 状況
train-status-description = 学習の進み具合を表示します
train-pause-name = 一時停止
train-pause-description = 学習を休ませます（何も失われません）
train-resume-name = 再開
train-resume-description = 休止・停止・失敗した学習を続けます
train-stop-name = 停止
train-stop-description = 学習を終わらせます（チェックポイントは残ります）
train-rollback-name = 巻き戻し
train-rollback-description = チェックポイントまで戻します（それ以降は破棄されます）
train-branch-name = 分岐
train-branch-description = 別の学習のチェックポイントから新しい学習を始めます
train-history-name = 履歴
train-history-description = 最近の学習とその成果を表示します
train-snapshot-name = 顔データ作成
train-snapshot-description = このサーバーで名前を付けた顔からデータセットを作ります
train-kind-name = 種類
train-kind-description = 何を学習させるか
train-preset-name = プリセット
train-preset-description = レシピ。省略すると最も速いもの（数秒）を使います
train-data-name = データ
train-data-description = データセット。省略すると最新のものを使います
train-steps-name = ステップ数
train-steps-description = ステップの数。省略するとレシピの値を使います
train-size-name = 大きさ
train-size-description = 顔の一辺の画素数。小さいほど速く、大きいほど正確です
train-batch-name = バッチ
train-batch-description = 1ステップで使う顔の数
train-learning-rate-name = 学習率
train-learning-rate-description = 一歩の大きさ。小さいほど遅く、安全です
train-fold-name = 分割
train-fold-description = 測定用に取り分ける写真（6分の1）の番号
train-seed-name = シード
train-seed-description = 数を変えると、別の乱数から始まります
train-run-name = 番号
train-run-description = 学習の番号。省略すると最新のもの
train-step-name = ステップ
train-step-description = チェックポイントのステップ（それ以前で最も近いもの）

model-name = モデル
model-description = 認識モデルのバージョンと、現在使用中のもの
model-list-name = 一覧
model-list-description = すべてのバージョンと、現在使用中のものを表示します
model-card-name = カード
model-card-description = 何から作られ、どれだけ正確かを表示します
model-promote-name = 採用
model-promote-description = 劣っていなければ、これからそのバージョンで答えます（モデレーターのみ）
model-rollback-name = 元に戻す
model-rollback-description = 以前使っていたものに戻します（モデレーターのみ）
model-evaluate-name = 評価
model-evaluate-description = 正解率と、間違えやすい組み合わせを表示します
model-version-name = バージョン
model-version-description = 一覧から選んでください

help-name = ヘルプ
help-description = Omokageでできることを表示します
about-name = 概要
about-description = バージョン、ライセンス、写真の取り扱いについて
health-name = 稼働状況
health-description = すべて正常に動いているかを確認します
