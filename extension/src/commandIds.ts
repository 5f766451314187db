/** Every command of the extension; package.json declares exactly these. */
export const COMMAND_IDS = [
  "tenon.openSpec",
  "tenon.spec.openFile",
  "tenon.tickets.refresh",
  "tenon.tickets.reveal",
  "tenon.ticket.showDetails",
  "tenon.ticket.run",
  "tenon.ticket.cancel",
  "tenon.ticket.showDiff",
  "tenon.ticket.accept",
  "tenon.ticket.reject",
  "tenon.ticket.buildForTests",
  "tenon.ticket.makeReady",
  "tenon.proposeEdit",
  "tenon.edit.accept",
  "tenon.edit.reject",
  "tenon.pullModel",
  "tenon.restart",
  "tenon.showLog",
  "tenon.openSettings",
  "tenon.doctor",
  "tenon.endpointKey.set",
  "tenon.endpointKey.forget",
  "tenon.mongodbUri.set",
  "tenon.mongodbUri.forget",
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];
