### What went wrong, and what to do about it.

error-not-an-image = 読み取れる画像ではありません。JPEG・PNG・WebP・GIFのいずれかのファイルを送ってください。
error-broken-image = 画像が壊れています。保存またはダウンロードし直して、もう一度送ってください。
error-cut-off = 画像が途中で切れていて、ファイルの終わりの部分がありません。保存またはダウンロードし直して、もう一度送ってください。
error-too-large = ファイルが10 MiBを超えています。小さくしたもの（スクリーンショットなど）を送ってください。
error-too-many-pixels = 画像が2500万画素を超えています。縮小してからもう一度送ってください。
error-no-face = この画像からは顔が見つかりませんでした。顔が大きくはっきりと、正面を向いて写っている写真でお試しください。
error-no-picture = このメッセージには画像がありません。写真付きのメッセージで使うか、/classify で写真を添付してください。
error-photo-gone = 画像がすでに削除されています（画像は一定期間後に削除されます）。もう一度送ってください。
error-face-gone = この顔のデータはすでに残っていません（名前の付いていない顔は一定期間後に削除されます）。写真をもう一度送ってください。
error-link-preview = このメッセージの画像は、ほかのサイトへのリンクのプレビューです。ほかのサイトからは取得しませんので、お手数ですが保存してから /classify で送ってください。
error-queue-full = すでに{ $waiting }件のジョブが順番を待っています。結果が出るまでお待ちいただくか、/jobs でどれかをキャンセルしてください。
error-not-allowed = { $reason ->
        [labelling-moderators] このサーバーでは、顔に名前を付けられるのはモデレーターだけです。モデレーターに依頼してください（/settings labelling で変更できます）。
        [labelling-roles] このサーバーでは、顔に名前を付けられるのはモデレーターと、次のロールを持つメンバーだけです：{ $roles }
        [labelling-off] このサーバーでは、顔への名前付けがオフになっています。モデレーターが /settings labelling で変更できます。
        [moderators] この操作ができるのはモデレーターだけです。モデレーターに依頼してください。
        [server-managers] 「サーバー管理」の権限があるメンバーだけが行えます。
        [oneself] 自分の情報の削除は、本人だけができます。/privacy forget-me を使ってください。
        [objected] この写真には、顔の加工を望まない人が写っています。別の写真を使ってください。
       *[other] この操作ができるのは、依頼した本人かモデレーターだけです。
    }
error-bad-name = { $reason ->
        [long] 名前が長すぎます。64文字以内で入力してください。
        [reserved] それは、知らない人の顔を示す言葉です。人の名前にすると区別できなくなりますので、別の名前を入力してください。
        [mention] 名前にメンションやサーバーの絵文字は使えません。普通の文字で入力してください。
       *[other] 名前に表示できない文字が含まれています。もう一度入力してください。
    }
error-unknown-person = この人はもう登録されていません。別の人を選ぶか、名前を入力してください。
error-unknown-receipt = このサーバーには、その証明書はありません。
error-unknown-job = このサーバーにそのジョブはありません。古い結果は一定期間後に削除されます。今あるものは /show の一覧から選べます。
error-name-taken = 「{ $name }」という名前の人がすでにいます。別の名前を入力してください。
error-people-conflict = これまでの記録では、「{ $name }」さんと「{ $into }」さんは別の人です（両方が写っている写真：{ $photos }枚、もう一方ではないと記録された顔：{ $labels }）。何も変更していません。同じ人の場合は、先に写真の下で名前を訂正してください。
error-no-consent = 写っている人が同意した写真だけを学習に使います。どちらかにチェックを入れるか、やめてください。
error-worker-away = 💤 写真を読むマシンが応答しません。1分ほどしてからもう一度お試しください。回答は失われません。
error-nothing-to-explain = 説明できるものがありません。この顔にはメンバーがすでに名前を付けたか、比べられるこの人の写真がもうありません。
error-card-closed = このカードはすでに回答済みか、ほかの人の回答で確定しました。
error-nothing-to-undo = まだカードに回答していないため、取り消すものはありません。
error-merge-oneself = どちらも同じ人の名前です。別の人を選んでください。
error-split-none = 写真が選ばれていないため、何も変更していません。
error-split-all = **{ $name }** さんの写真が残らなくなります。すべて別の人の写真なら /people rename をお使いください。写真が1枚だけの人は分けられません。
error-no-such-alias = 「{ $name }」さんにその別名はありません。一覧から選んでください。
error-too-many-aliases = 「{ $name }」さんの別名はすでに{ $maximum }個あり、これ以上は登録できません。先に一つ取り除いてください。
error-already-finished = すでに完了しています。結果は /show でもう一度投稿できます。
error-workers-died = 最後のチェックポイント以降、ワーカーが{ $attempts }回異常終了しました。保存済みの内容は失われていません。少しずつ間隔を空けながら、そこから自動的に再開します。続く場合は、GPUホストのメモリを運営者が確認してください。
error-too-many-attempts = 何度も失敗したため、中止しました。写真を使う場合は、別の形式のファイルか、小さい画像でお試しください。
error-unknown-dataset = そのデータセットはありません。一覧から選んでください。写真は、ボットの管理者が「omokage data import」で取り込めます。
error-dataset-removed = 「{ $title }」は削除され、写真も残っていません。一覧から別のデータセットを選んでください。
error-dataset-in-use = 学習 #{ $number } がこのデータセットを使用中です。先にその学習を停止してください。
error-dataset-changed = データセットのファイルが作成時と異なっています。ボットの管理者が写真を取り込み直せば、新しいバージョンで学習できます。
error-dataset-unfit = { $remark ->
        [few-people] データセットに2人以上が含まれていないため、見分けることを学習できません。/classify の結果でほかの人にも名前を付けるか、写真を追加してください。
        [few-pictures] 写真が少なすぎて学習できない人がいます（{ $names }）。写真を追加するか、その人を除いてください。
        [without-face] データセットのどの写真にも顔が見つかりませんでした。顔が大きく写った写真を追加してください。
        [no-ages] データセットの写真に年齢がありません。ボットの管理者が「omokage data import フォルダー --ages」で年齢付きの写真を取り込めます。
        [missing-ages] 次の年齢の写真が{ $minimum }枚未満です（{ $names }）。その年齢の写真を追加してください。
        [few-to-generate] データセットの写真が100枚未満です。モデルが丸暗記してしまうため、写真を追加してください。
        [few-ages] 年齢の分かる写真が{ $count }枚しかありません（{ $minimum }枚必要です）。年齢はファイル名（34_1_名前.jpg：34歳、女性）か CSV に書きます。docs/data.md をご覧ください。
       *[other] このデータセットでは学習できません（{ $remark }）。ボットの管理者が「omokage data list」で詳細を確認できます。
    }
error-no-ages = 年齢の分かる写真がありません。ボットの管理者が「omokage data import フォルダー --ages」で取り込めます。ファイル名を 34_1_a.jpg のように（年齢、男性は0・女性は1）するか、file 列と age 列のあるCSVファイルを添えてください。
error-bad-archive = 1人につき1つのフォルダーが入ったフォルダーまたはzipファイルではありません。作り直してください。
error-bad-export = { $reason ->
        [photo] ファイルの中の写真（{ $file }）を画像として読み込めません。何も変更していません。
        [newer] このファイルは新しいバージョンのOmokageで作られています。ボットの管理者がOmokageを更新すると読み込めます。何も変更していません。
        [many-faces] 顔の数が、1つのファイルに入る上限（{ $limit }）を超えています。何も変更していません。
       *[other] ファイルが壊れているか、Omokageから書き出したものではありません。もう一度書き出して、そのまま送ってください。何も変更していません。
    }
error-people-known = 次の名前の人物はすでに登録されています：{ $names }。何も変更していません。ボットの管理者は「omokage people import FILE --force」で統合できます。
error-unknown-run = このサーバーにその学習はありません。/train history で一覧を確認できます。
error-unknown-checkpoint = ステップ{ $step }以前のチェックポイントはありません。使えるもの：{ $known }
error-unknown-preset = 「{ $preset }」というプリセットはありません。使えるもの：{ $known }
error-bad-option = { $option }に「{ $value }」は指定できません。指定できる値：{ $allowed }
error-run-under-way = 同じ種類の学習 #{ $number } がすでに進行中です。終わるまで待つか、/train stop で停止してください。
error-run-state = { $state ->
        [waiting] 学習 #{ $number } はすでに順番を待っています。
        [running] 学習 #{ $number } はすでに進行中です。
        [paused] 学習 #{ $number } は一時停止中です。再開するか、停止してください。
        [stopped] 学習 #{ $number } は停止されています。再開できます。
        [failed] 学習 #{ $number } は失敗しました。再開するか、チェックポイントに戻せます。
       *[finished] 学習 #{ $number } は完了しています。設定を変えて続けるには、分岐させてください。
    }
error-diverged = ステップ{ $step }で学習が破綻しました（損失が数値ではなくなりました）。チェックポイントに戻し、学習率を下げて分岐させてください。
error-disk-full = ボットのディスクがいっぱいです。保存済みの内容は失われていません。運営者に空き容量を増やしてもらってから、もう一度お試しください。学習は最後のチェックポイントから再開できます。
error-storage-full = このサーバーで保存できる画像の上限に達しています（{ $quota }のうち{ $used }を使用中）。古い画像は一定期間後に削除されます。上限はボットの管理者が変更できます。
error-unknown-version = そのモデルのバージョンはありません。/model list で一覧を確認できます。
error-bad-weights = モデルのファイルが壊れているか、途中で切れているか、カードの内容と一致しません。別のバージョンを選ぶか、古いチェックポイントに戻してください。
error-unknown-embedder = このバージョンの顔の比較に使われているネットワーク（{ $embedder }）に、この Omokage は対応していません。別のバージョンを選ぶか、Omokage を更新してください。
error-withdrawn = このバージョンは取り下げられました。学習に使われた写真の人のデータを消去したため、ファイルも削除されています。別のバージョンを選んでください。
error-not-better = どちらの学習にも使っていない写真での正解率は、このバージョンが{ NUMBER($new, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) }、現在使用中のものが{ NUMBER($old, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) }です。そのため切り替えません。
error-not-comparable = このバージョンと現在使用中のものは同じ写真で測られていないため、どちらが良いか比べられません。
error-no-data = このサーバーにはまだデータセットがありません。ここで名前を付けた顔からは /train snapshot で作れます。1人1フォルダーに分けた写真は、ボットの管理者が `omokage data import フォルダー --name people --guild { $guild }` で取り込めます。
error-elsewhere = このサーバーでは、次のチャンネルでお答えしています：{ $channels }　お手数ですが、そちらでもう一度お試しください。モデレーターは /settings channels で変更できます。
error-named-objector = この回答には、名前の表示を望まなくなった人の名前が含まれているため、もう表示しません。
error-nobody-known = このサーバーではまだ誰の名前も登録されていないため、書き出すものがありません。
error-gallery = そのチャンネルには投稿できません。チャンネルの閲覧、メッセージの送信、リンクの埋め込みを許可するか、別のチャンネルを選んでください。
error-list-full = その一覧には、上限の{ $most }件がすでに登録されています。先にどれかを外してください（「許可」をオフにします）。
error-channel = このチャンネルには画像を投稿する権限がないため、学習の様子を表示できません。メッセージの送信・埋め込みリンク・ファイルの添付の権限を付与するか、別のチャンネルをお使いください。
error-no-report = このバージョンは評価されていないため、表示できるものがありません。
error-none-serves = 現在、学習したバージョンは使われていないため、元に戻すものがありません。
error-no-model = ここにはまだ顔を描くモデルがありません。モデレーターが /train start で学習させるか、付属のモデル「starter dcgan」（写真を使うときは「starter vae」）を指定してください。
error-no-age-model = ここにはまだ顔の年齢を変えるモデルがありません。モデレーターが /train start で学習させてください。
error-unknown-model = 「{ $model }」というモデルはありません。使えるもの：{ $known }
error-no-encoder = { $model } は顔を描けますが、写真は読み込めません。読み込めるもの：{ $known }
error-unknown-trait = このモデルは「{ $trait }」を知りません。使えるもの：{ $known }
error-photo-and-seed = それぞれの顔には、写真かシードのどちらか一方だけを指定してください。
error-nothing-added = 足すものがありません。「足す」にシード（3 5 9）を、または「足す写真」に写真を指定してください。
error-trait-form = 特徴は、言葉の後に数を付けて指定してください（例：smile 1.5, glasses -1）。
error-not-trained = ここにはまだ学習した認識モデルがないため、だます相手がいません。モデレーターが /train start で学習させ、/model promote で切り替えると使えるようになります。
error-unknown-target = 認識モデルは「{ $target }」を知りません。知っている人の例：{ $known }
error-same-person = 認識モデルは、この写真をすでに { $target } さんだと認識しています。ほかの人か、ほかの写真を選んでください。
error-fool-without-photo = foolは写真を変える方式なので、写真を添付してください。noiseとdreamなら写真は不要です。
error-photo-without-fool = noiseとdreamはノイズから始めるので、写真を外してください。写真を変えるときはfoolを選んでください。
error-epsilon-without-fool = 変化の幅は、写真の近くにとどめるfoolのためのものです。noiseとdreamには幅がないので、指定しないでください。
error-years-and-to = 年数と年齢は、どちらか一方だけを指定してください。
error-zero-years = 0年では何も変わりません。年数は、30（30年後）や -20（20年前）のように指定してください。
error-age-of-series = stripとfilmはすべての年齢の顔を見せるので、年数と年齢は指定しないでください。1つの年齢にするときはphotoを選んでください。
error-not-better-kid = このバージョンの画像は、現在使用中のものより本物の写真から離れています（KID (dlib) { $new }、現在 { $old }）。そのため切り替えません。
error-not-better-age = 目標の年齢との差は、このバージョンが { $new } 歳、現在使用中のものが { $old } 歳です。そのため切り替えません。
error-draws-no-face = このバージョンが描く画像のどれからも顔が見つかりません。そのため、ここでは使いません。
error-internal = こちら側で問題が発生しました。数分後にもう一度お試しください。繰り返す場合は、ジョブ番号をボットの管理者にお知らせください。
error-outdated = このコマンドは、お使いのDiscordの起動後に更新されました。Discordを再起動（Ctrl+R）してから、もう一度お試しください。
error-unknown-item = このボタンやフォームは、現在は使えません。お手数ですが、もう一度コマンドを実行してください。
error-servers-only = サーバーの中でのみ使えます。チャンネルでお使いください。
error-job-line = -# ジョブ { $job }
