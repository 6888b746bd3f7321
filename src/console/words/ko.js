import access from './ko/access.js';
import compute from './ko/compute.js';
import git from './ko/git.js';
import policy from './ko/policy.js';
import registry from './ko/registry.js';
import shell from './ko/shell.js';
import trail from './ko/trail.js';

export default { access, compute, git, policy, registry, shell, trail };
