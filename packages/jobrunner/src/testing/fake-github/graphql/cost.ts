import {
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  GraphQLSkipDirective,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** An error in the form in which GitHub sends it. */
export interface GraphqlErrorJson {
  readonly type?: string | undefined;
  readonly path?: readonly (string | number)[] | undefined;
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | undefined;
  readonly message: string;
}

/** What an operation costs, and what GitHub's limits say against it. */
export interface QueryCost {
  readonly points: number;
  readonly nodes: number;
  readonly errors: readonly GraphqlErrorJson[];
}

const MOST_RECORDS = 100;
const MOST_NODES = 500_000;

/**
 * Works out what an operation costs by GitHub's published formula, and checks its connections.
 *
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { document, variables }: { readonly document: DocumentNode; readonly variables: Readonly<Record<string, unknown>> },
): QueryCost {
  const root = schema.getRootType(operation.operation);
  const counter = new Counter(schema, document, withDefaults(operation, variables));
  if (root) counter.count(operation.selectionSet, root, { times: 1, path: [operation.operation] });
  const points = Math.max(1, Math.round(counter.calls / 100));
  return { points, nodes: counter.nodes, errors: [...counter.errors, ...tooManyNodes(counter.nodes)] };
}

interface Place {
  /** How often what is here is reached. */
  readonly times: number;
  readonly path: readonly string[];
}

class Counter {
  calls = 0;
  nodes = 0;
  readonly errors: GraphqlErrorJson[] = [];
  readonly #schema: GraphQLSchema;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema;
    this.#variables = variables;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  count(selections: SelectionSetNode, type: GraphQLNamedType, place: Place): void {
    for (const selection of selections.selections.filter((node) => this.#isIncluded(node))) {
      if (selection.kind === Kind.FIELD) this.#countField(selection, type, place);
      else this.count(...this.#fragment(selection, type), place);
    }
  }

  #fragment(
    selection: Exclude<SelectionNode, FieldNode>,
    type: GraphQLNamedType,
  ): [selections: SelectionSetNode, type: GraphQLNamedType] {
    const named = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
    if (named === undefined) throw new Error('A valid document has all its fragments');
    const condition = named.typeCondition?.name.value;
    return [named.selectionSet, (condition === undefined ? undefined : this.#schema.getType(condition)) ?? type];
  }

  #countField(field: FieldNode, type: GraphQLNamedType, { times, path }: Place): void {
    const known = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field.name.value] : undefined;
    if (known === undefined || field.selectionSet === undefined) return;
    const below = getNamedType(known.type);
    const here = [...path, field.alias?.value ?? field.name.value];
    const isConnection = below.name.endsWith('Connection') && known.args.some(({ name }) => name === 'first');
    if (!isConnection) {
      this.count(field.selectionSet, below, { times, path: here });
      return;
    }
    const size = this.#size(field, below, here);
    this.calls += times;
    this.nodes += times * size;
    this.count(field.selectionSet, below, { times: times * size, path: here });
  }

  /** How many records a connection may return at most; 0 where only its count is asked for. */
  #size(field: FieldNode, type: GraphQLNamedType, path: readonly string[]): number {
    const [first, last] = [this.#argument(field, 'first'), this.#argument(field, 'last')];
    const name = field.name.value;
    const locations = field.loc === undefined ? undefined : [at(field)];
    const refuse = (errorType: string, message: string): number => {
      this.errors.push({ type: errorType, path, locations, message });
      return 0;
    };
    if (first !== undefined && last !== undefined) {
      const message = `Passing both \`first\` and \`last\` to paginate the \`${name}\` connection is not supported.`;
      return refuse('INVALID_PAGINATION', message);
    }
    const size = first ?? last;
    if (size === undefined) {
      if (!this.#asksForRecords(field.selectionSet, type)) return 0;
      const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
      return refuse('MISSING_PAGINATION_BOUNDARIES', message);
    }
    const bound = first === undefined ? 'last' : 'first';
    if (size < 0)
      return refuse('INVALID_PAGINATION', `\`${bound}\` on the \`${name}\` connection cannot be less than zero.`);
    if (size <= MOST_RECORDS) return size;
    const records = `Requesting ${String(size)} records on the \`${name}\` connection`;
    return refuse(
      'EXCESSIVE_PAGINATION',
      `${records} exceeds the \`${bound}\` limit of ${String(MOST_RECORDS)} records.`,
    );
  }

  #asksForRecords(selections: SelectionSetNode | undefined, type: GraphQLNamedType): boolean {
    return (selections?.selections ?? []).some((selection) => {
      if (selection.kind === Kind.FIELD) return ['edges', 'nodes', 'pageInfo'].includes(selection.name.value);
      return this.#asksForRecords(...this.#fragment(selection, type));
    });
  }

  #argument({ arguments: given = [] }: FieldNode, name: string): number | undefined {
    const value = given.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.INT) return Number(value.value);
    const variable = value?.kind === Kind.VARIABLE ? this.#variables[value.name.value] : undefined;
    return typeof variable === 'number' ? variable : undefined;
  }

  #isIncluded(node: SelectionNode): boolean {
    const skip = getDirectiveValues(GraphQLSkipDirective, node, this.#variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, node, this.#variables);
    return skip?.['if'] !== true && include?.['if'] !== false;
  }
}

function tooManyNodes(nodes: number): GraphqlErrorJson[] {
  if (nodes <= MOST_NODES) return [];
  const counted = `up to ${nodes.toLocaleString('en')} possible nodes`;
  const message = `This query requests ${counted} which exceeds the maximum limit of ${MOST_NODES.toLocaleString('en')}.`;
  return [{ type: 'MAX_NODE_LIMIT_EXCEEDED', message }];
}

function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const defaults = variableDefinitions.map(({ variable, defaultValue }): [string, unknown] => [
    variable.name.value,
    valueOf(defaultValue),
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** The default of a variable that can matter here: a number, or a boolean. */
function valueOf(node: ConstValueNode | undefined): unknown {
  if (node?.kind === Kind.INT) return Number(node.value);
  return node?.kind === Kind.BOOLEAN ? node.value : undefined;
}

function at({ loc }: FieldNode): { line: number; column: number } {
  return { line: loc?.startToken.line ?? 1, column: loc?.startToken.column ?? 1 };
}
