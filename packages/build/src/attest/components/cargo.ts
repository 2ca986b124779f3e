import { parseToml, tablesIn, textIn } from '../../toml.ts';
import { hexDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { type LockReader, textOf } from './read-lock.ts';

/** Cargo.lock (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html): crates with a source; others are the project's own. */
export const cargoLock: LockReader = async (place) => {
  const text = await textOf(place, 'Cargo.lock');
  if (text === undefined) return undefined;
  return tablesIn(parseToml('Cargo.lock', text), 'package').flatMap((crate) => {
    const name = textIn(crate, 'name');
    const version = textIn(crate, 'version');
    if (name === undefined || textIn(crate, 'source') === undefined) return [];
    const digest = hexDigest('SHA256', textIn(crate, 'checksum'));
    return [{ name, version, kind: 'library', purl: purlOf({ type: 'cargo', name, version }), digest }];
  });
};
