/**
 * Lets a component follow what lives outside of it.
 * @module
 */
import { useEffect, useState } from "preact/hooks";

/**
 * A value that is read now, and anew whenever it says that it has changed.
 * @param subscribe takes what is to be called then, and returns what ends that
 */
export function useSyncExternal<T>(subscribe: (heard: () => void) => () => void, read: () => T): T {
  const [value, set] = useState(read);
  useEffect(() => {
    set(() => read());
    return subscribe(() => set(() => read()));
  }, []);
  return value;
}
