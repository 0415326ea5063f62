/** Whether this device keeps the cases that are opened here, without being asked for each. */
import { readLocalStorageValue, useLocalStorage } from '@mantine/hooks';

const OPTIONS = { key: 'consilium.keep-opened', defaultValue: true, getInitialValueInEffect: false };

export function keepsOpened(): boolean {
  return readLocalStorageValue(OPTIONS);
}

export function useKeepsOpened() {
  return useLocalStorage(OPTIONS);
}
