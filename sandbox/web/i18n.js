// The chat's own words. The bot's words come from the bot, in the member's language.

import { state } from "./store.js";

export const EN = {
  choose_member: "You are", moderator: "moderator", member: "member", channels: "Channels",
  welcome: "Welcome to #{channel}",
  welcome_1: "This is a Discord of your own, on this machine only: try every command here, nobody else can see it.",
  try_it: "Use your own photo", step_1: "Choose a picture, or a photo of your own, and send it with /{command}.",
  step_2: "Tell the bot who the people are: press “This is …” under its answer.", step_3: "Send another picture of the same people: the bot knows their names.",
  more_commands: "Type / to see every command, or begin with one of these:", bot: "Bot", online: "online", offline: "not connected", messages: "Messages", commands: "Commands",
  typing: "{name} is typing…", sending: "Sending /{command}…", role: "role", spoiler: "Spoiler", download: "Download", search: "Search",
  replace: "Click or drop to replace", no_files: "This command takes no files.", too_many: "A message may have {value} files at most.",
  too_short: "At least {value} characters.", choose_least: "Choose at least {value}.", choose_most: "Choose up to {value}.", choose_exactly: "Choose {value}.",
  placeholder: "Write to {channel}, or type / for commands", send: "Send", attach: "Attach a file",
  thinking: "{name} is thinking", ephemeral: "Only you can see this", dismiss: "Dismiss", edited: "(edited)",
  used: "used", apps: "Apps", no_match: "No such command", required: "required", optional: "optional",
  add_option: "Add", drop: "Drop a file here, paste it, or click to choose", ready_made: "Ready-made pictures",
  remove: "Remove", is_required: "This is required.", not_number: "This must be a number.",
  not_whole: "This must be a whole number.", below: "At least {value}.", above: "At most {value}.",
  too_large: "Files may have 10 MiB at most.", not_choice: "Choose one of the list.", nothing: "Nothing found",
  choose: "Choose…", done: "Done", cancel: "Cancel", submit: "Submit", close: "Close", yes: "Yes", no: "No",
  no_answer: "The application did not respond", new_messages: "New messages", bot_away: "The bot is not connected yet.",
  sandbox_away: "The sandbox is away. Trying again…", drop_anywhere: "Drop to attach", open_picture: "Open the picture",
  more: "More actions", no_apps: "No commands for messages", app: "APP", today: "Today at {time}", menu: "Channels and members",
  clear: "Clear the choice", forward: "Forward …", forward_to: "Forward to", forwarded: "Forwarded", forward_from: "from {channel}",
  thread: "Thread", thread_started: "{name} has begun a thread", thread_archived: "archived", thread_locked: "locked",
};
export const JA = {
  choose_member: "あなたは", moderator: "モデレーター", member: "メンバー", channels: "チャンネル",
  welcome: "#{channel} へようこそ",
  welcome_1: "このパソコンの中だけで動く、あなた専用の Discord です。すべてのコマンドを試せます。ほかの人には見えません。",
  try_it: "自分の写真を使う", step_1: "用意された写真か自分の写真を選び、/{command} で送信します。",
  step_2: "ボットの答えの下のボタンで、写っている人の名前を教えます。", step_3: "同じ人の別の写真を送ると、ボットが名前を答えます。",
  more_commands: "/ を入力するとすべてのコマンドが表示されます。まずはこちらから：", bot: "ボット", online: "接続中", offline: "未接続", messages: "メッセージ", commands: "コマンド",
  typing: "{name} が入力中…", sending: "/{command} を送信中…", role: "ロール", spoiler: "ネタバレ", download: "ダウンロード", search: "検索",
  replace: "クリックまたはドロップで変更", no_files: "このコマンドにファイルは付けられません。", too_many: "1 件のメッセージに付けられるファイルは {value} 個までです。",
  too_short: "{value} 文字以上にしてください。", choose_least: "{value} 個以上選んでください。", choose_most: "{value} 個まで選べます。", choose_exactly: "{value} 個選んでください。",
  placeholder: "{channel} に送信（/ でコマンド一覧）", send: "送信", attach: "ファイルを添付",
  thinking: "{name} が考えています", ephemeral: "これはあなただけに表示されています", dismiss: "閉じる", edited: "(編集済み)",
  used: "が使用：", apps: "アプリ", no_match: "該当するコマンドがありません", required: "必須", optional: "任意",
  add_option: "追加", drop: "ここにファイルをドロップ、貼り付け、またはクリックして選択", ready_made: "用意された写真",
  remove: "取り除く", is_required: "この項目は必須です。", not_number: "数値を入力してください。",
  not_whole: "整数を入力してください。", below: "{value} 以上にしてください。", above: "{value} 以下にしてください。",
  too_large: "ファイルは 10 MiB までです。", not_choice: "一覧から選んでください。", nothing: "見つかりません",
  choose: "選択…", done: "完了", cancel: "キャンセル", submit: "送信", close: "閉じる", yes: "はい", no: "いいえ",
  no_answer: "アプリケーションが応答しませんでした", new_messages: "新しいメッセージ", bot_away: "ボットはまだ接続していません。",
  sandbox_away: "サンドボックスに接続できません。再試行しています…", drop_anywhere: "ドロップして添付", open_picture: "写真を開く",
  more: "その他の操作", no_apps: "メッセージ用のコマンドがありません", app: "アプリ", today: "今日 {time}", menu: "チャンネルとメンバー",
  clear: "選択を取り消す", forward: "転送…", forward_to: "転送先", forwarded: "転送されたメッセージ", forward_from: "{channel} から",
  thread: "スレッド", thread_started: "{name} がスレッドを開始しました", thread_archived: "アーカイブ済み", thread_locked: "ロック中",
};

/** The member's Discord locale. */
export function locale() {
  return state.me?.locale ?? "en-US";
}

/** The chat's word for `key`, with {placeables} filled in. */
export function word(key, values = {}) {
  const text = (locale() === "ja" ? JA : EN)[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A registered name or description in the member's language. */
export function localised(object, field) {
  return object[`${field}_localizations`]?.[locale()] ?? object[field];
}
