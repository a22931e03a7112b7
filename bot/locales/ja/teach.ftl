### /teach: メンバーが提供する写真

teach-title = 顔を教える
teach-files-label = 写真
teach-files-description = 10枚まで。JPEG・PNG・WebP・GIF、1枚10 MiBまで
teach-name-label = 写っている人は？
teach-name-description = 顔が1つだけの写真に使われます。空欄ならほかの人が答えます
teach-consent-label = 写っている人は同意していますか？
teach-agreed-option = このサーバーの認識器が顔を学ぶことに同意を得ています
teach-myself-option = 写っているのは自分だけです。チャット内の自分の写真からも学んでかまいません
teach-done-title = { $faces ->
        [0] 保存した顔はありません
       *[other] { $faces }個の顔を保存しました
    }
teach-kept = 写真{ $photos }枚から切り抜き、向きを直し、メタデータを除きました。元の写真は削除されます。
teach-left-out-unreadable = ▫️ 写真でない、または壊れているファイル: { $count }個
teach-left-out-no-face = ▫️ 顔が写っていない写真: { $count }枚
teach-left-out-small = ▫️ 小さすぎる顔: { $count }個
teach-left-out-blurred = ▫️ ぼやけた顔: { $count }個
teach-left-out-profile = ▫️ 横顔: { $count }個
teach-left-out-repeated = ▫️ すでに提供された顔: { $count }個
teach-proposal = **{ $name }** は{ $faces }個の顔への1票になります。ほかの人にも聞きます。
teach-next = だれの顔か答える: `/label start`
teach-footer = ジョブ { $job }
