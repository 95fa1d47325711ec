export { Registry, RegistryError, type Options } from "./registry.js";
export { verify, WrongSignature } from "./webhooks.js";
export type { components, operations, paths } from "./api.js";
