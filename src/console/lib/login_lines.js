// Lines that log a client in to this registry. None carries a secret: what stands on a
// command line is seen by every process of the machine and kept in the shell's history.

import { HOST } from './cr.js';

const PLAIN = location.protocol === 'http:';

export const CLIENTS = ['docker', 'podman', 'skopeo', 'nerdctl'];

// docker takes plain HTTP from its own machine; the others want to be told.
const programs = PLAIN
  ? { podman: 'podman login --tls-verify=false', skopeo: 'skopeo login --tls-verify=false',
    nerdctl: 'nerdctl --insecure-registry login' }
  : {};

const command = (user, client) => `${programs[client] ?? `${client} login`} -u ${user} --password-stdin ${HOST}`;

// Asks for the secret without showing it, and hands it over.
export function loginLine(user, client = 'docker') {
  return `read -rs SECRET && printf %s "$SECRET" | ${command(user, client)}; unset SECRET`;
}

// The secret comes from what another program prints, or from a file.
export const loginFrom = (source, user, client = 'docker') => `${source} | ${command(user, client)}`;
