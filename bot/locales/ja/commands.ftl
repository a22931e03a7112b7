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

help-name = ヘルプ
help-description = Omokageでできることを表示します
about-name = 概要
about-description = バージョン、ライセンス、写真の取り扱いについて
health-name = 稼働状況
health-description = すべて正常に動いているかを確認します
