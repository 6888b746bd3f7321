import access from './en/access.js';
import compute from './en/compute.js';
import git from './en/git.js';
import policy from './en/policy.js';
import registry from './en/registry.js';
import shell from './en/shell.js';
import trail from './en/trail.js';

export default { access, compute, git, policy, registry, shell, trail };
