/** Webhooks of the registry, checked before they are believed (Standard Webhooks), by Web Crypto. */

/** A delivery that is not the registry's, was changed, or is too old. */
export class WrongSignature extends Error {}

/** Older or newer than this, and somebody may have kept it to send it again. */
const TOLERANCE_SECONDS = 300;

/**
 * Return what a delivery says; throws `WrongSignature` unless one of the secrets signed it.
 *
 * `secrets` are `whsec_…` (HMAC) or `whpk_…` (Ed25519), two while one is being replaced. `body` is the
 * very text that came: JSON that was read and written again has another signature.
 */
export async function verify(
  header: (name: string) => string | null | undefined,
  body: string,
  secrets: readonly string[],
  now: Date = new Date(),
): Promise<unknown> {
  const id = header("webhook-id");
  const sentAt = header("webhook-timestamp");
  const signatures = header("webhook-signature");
  if (!id || !sentAt || !/^\d+$/.test(sentAt) || !signatures) {
    throw new WrongSignature("webhook-id, -timestamp or -signature is missing");
  }
  if (Math.abs(now.getTime() / 1000 - Number(sentAt)) > TOLERANCE_SECONDS) {
    throw new WrongSignature("it was sent too long ago, or this clock is wrong");
  }
  const signed = new TextEncoder().encode(`${id}.${sentAt}.${body}`);
  for (const signature of signatures.split(" ")) {
    for (const secret of secrets) {
      if (await signedBy(secret, signed, signature)) return JSON.parse(body);
    }
  }
  throw new WrongSignature("none of its signatures is by a key that is known here");
}

async function signedBy(
  secret: string,
  signed: Uint8Array<ArrayBuffer>,
  signature: string,
): Promise<boolean> {
  const [kind, encoded] = signature.split(",");
  const given = bytes(encoded ?? "");
  if (kind === "v1" && secret.startsWith("whsec_")) {
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const key = bytes(secret.slice(6));
    return crypto.subtle.verify(hmac, await imported(key, hmac), given, signed);
  }
  if (kind === "v1a" && secret.startsWith("whpk_")) {
    const ed25519 = { name: "Ed25519" };
    const key = bytes(secret.slice(5));
    return crypto.subtle.verify(ed25519, await imported(key, ed25519), given, signed);
  }
  return false;
}

function imported(
  key: Uint8Array<ArrayBuffer>,
  kind: HmacImportParams | Algorithm,
): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, kind, false, ["verify"]);
}

function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
