### /settings

settings-title = このサーバーの設定
settings-labelling-field = 顔に名前を付けられる人
settings-language-field = 全員に見える結果の言語
settings-ages-field = 見た目の年齢
settings-ages-yes-choice = /classify の結果に表示する
settings-ages-no-choice = 表示しない
settings-learning-field = /classify の写真からの学習
settings-labellers-field = 顔に名前を付けられるロール
settings-labellers-nobody = なし
settings-channels-field = 結果を投稿するチャンネル
settings-channels-all = すべて
settings-gallery-field = 学習結果のお知らせ先
settings-gallery-round = 回答が行われたチャンネル
settings-storage-field = 保存されている写真と結果
settings-storage = { $quota } のうち { $used }
settings-storage-unlimited = { $used }
settings-option = { $field }：{ $choice }

settings-labelling-moderators-choice = モデレーター
settings-labelling-everyone-choice = 全員
settings-labelling-off-choice = なし
settings-language-en-choice = English（英語）
settings-language-ja-choice = 日本語
settings-language-own-choice = メンバーそれぞれの言語
settings-labelling-done = { $who ->
        [everyone] これからは、このサーバーの全員が顔に名前を付けられます。
        [off] これからは、誰も顔に名前を付けられません。すでに付けられた名前はそのまま残ります。
       *[moderators] これからは、モデレーターだけが顔に名前を付けられます。
    }
settings-learning-off-choice = オフ（提供された写真のみ）
settings-learning-public-choice = モデレーターが登録した公人
settings-learning-self-choice = 自分で登録した人
settings-learning-both-choice = 両方
settings-learning-done = { $whose ->
        [public] これからは、/classify の写真のうち、公人の一覧（/people public）にいる人に似た顔についてもメンバーに聞きます。
        [self] これからは、/classify の写真のうち、/teach で自分を登録した人に似た顔についてもメンバーに聞きます。
        [both] これからは、/classify の写真のうち、公人の一覧にいる人や、/teach で自分を登録した人に似た顔についてもメンバーに聞きます。
       *[off] これからは、/teach で提供された写真についてだけメンバーに聞きます。
    }
settings-ages-done = { $shown ->
        [yes] これからは、/classify の結果に、それぞれの顔の見た目の年齢も表示します。
       *[no] これからは、/classify の結果に、見た目の年齢を表示しません。
    }
settings-language-done = { $language ->
        [en] これからは、全員に見える結果を英語で表示します。
        [ja] これからは、全員に見える結果を日本語で表示します。
       *[own] これからは、依頼したメンバーの言語で結果を表示します。
    }
settings-labellers-allowed = これからは、ロール { $role } を持つメンバーも顔に名前を付けられます（/settings labelling で「なし」にした場合を除きます）。
settings-labellers-taken-off = ロール { $role } を一覧から外しました。
settings-channels-allowed = { $channel } を、結果を投稿するチャンネルの一覧に追加しました。一覧にないチャンネルでは、依頼した本人にだけ、使えるチャンネルをお知らせします。
settings-channels-taken-off = { $channel } を一覧から外しました。一覧が空の間は、すべてのチャンネルで使えます。
settings-gallery-done = これからは、名前付けから自動で学習した結果を { $channel } の一つのスレッドでお知らせします。
settings-gallery-none = これからは、自動で学習した結果を、そのために作ったスレッドでお知らせします。スレッドがなければ、回答が行われたチャンネルに作ります。
