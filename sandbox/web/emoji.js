// Emojis of components and options.

/** A component's or option's emoji as text. */
export function emojiOf(holder) {
  if (!holder.emoji?.name) return "";
  return holder.emoji.id ? `:${holder.emoji.name}: ` : `${holder.emoji.name} `;
}
