import type { CType } from './c-type';

/** Deeper than people write; the parameters of functions make the work grow with each level. */
const MAXIMUM_DEPTH = 12;
const MAXIMUM_PARAMETERS = 20;

/** The name of a type as C writes it; with a declarator, the declaration of something of that type. */
export function typeName(type: CType, declarator = '', depth = 0): string {
  if (depth > MAXIMUM_DEPTH) return '...';
  const after = (name: string): string => (declarator === '' ? name : `${name} ${declarator}`);
  const inner = (target: CType, around: string): string => typeName(target, around, depth + 1);
  switch (type.kind) {
    case 'void':
      return after('void');
    case 'number':
    case 'typedef':
      return after(type.name);
    case 'struct':
    case 'union':
    case 'enum':
      return after(`${type.kind} ${type.name ?? '{...}'}`);
    case 'pointer': {
      const target = type.target();
      const needsParentheses = target.kind === 'function' || target.kind === 'array';
      return inner(target, needsParentheses ? `(*${declarator})` : `*${declarator}`);
    }
    case 'qualified': {
      const target = type.target();
      // A qualifier of a pointer stands behind its star.
      if (target.kind === 'pointer') return inner(target, ` ${type.qualifier}${declarator && ` ${declarator}`}`);
      return `${type.qualifier} ${inner(target, declarator)}`;
    }
    case 'array':
      return inner(type.element(), `${declarator}[${type.count ?? ''}]`);
    case 'function': {
      const parameters = type
        .parameters()
        .slice(0, depth > 2 ? 2 : MAXIMUM_PARAMETERS)
        .map((parameter) => typeName(parameter, '', depth + 1));
      if (type.isVariadic) parameters.push('...');
      const list = parameters.length > 0 ? parameters.join(', ') : type.isPrototyped ? 'void' : '';
      return inner(type.result(), `${declarator}(${list})`);
    }
  }
}
