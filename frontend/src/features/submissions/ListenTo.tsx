import { type Topic, useTopic } from '~/live';

/** Listens to a topic while it is drawn; for lists, where the number of topics changes. */
export function ListenTo({ topic }: { readonly topic: Topic }) {
  useTopic(topic);
  return null;
}
