import { schema as github } from '@octokit/graphql-schema';
import {
  buildASTSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';

import type { FakeGraphqlOperation } from '../request-log.ts';
import { Connection } from './connection.ts';
import { costOf, type GraphqlErrorJson, type QueryCost } from './cost.ts';
import type { GraphqlContext, GraphqlEngine, GraphqlRequest, PreparedGraphql } from './load.ts';
import type { CostContext } from './query-resolvers.ts';
import { type Args, Data, type FieldResolver, NotImplemented } from './resolver.ts';
import { RESOLVERS } from './resolvers.ts';
import { typeOf } from './type-of.ts';

/** How many documents are kept read. */
const MOST_DOCUMENTS = 50;

/** A document that has been read, or what is wrong with it. */
type Document = { readonly document: DocumentNode } | { readonly errors: readonly GraphqlErrorJson[] };

/** Builds GitHub's schema, and executes over the fake's state. */
export function createEngine(): GraphqlEngine {
  const ast = parse(github.idl, { noLocation: true });
  const schema = buildASTSchema(ast, { assumeValid: true, assumeValidSDL: true });
  const documents = new Map<string, Document>();
  const read = (query: string): Document => {
    const known = documents.get(query);
    if (known !== undefined) return known;
    const document = readDocument(schema, query);
    if (documents.size >= MOST_DOCUMENTS) documents.clear();
    documents.set(query, document);
    return document;
  };
  return { prepare: (request) => prepare(schema, read, request ?? {}) };
}

function readDocument(schema: GraphQLSchema, query: string): Document {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length === 0 ? { document } : { errors: errors.map(errorJson) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [errorJson(error)] };
    throw error;
  }
}

function prepare(schema: GraphQLSchema, read: (query: string) => Document, request: GraphqlRequest): PreparedGraphql {
  const { query, operationName } = request;
  if (typeof query !== 'string')
    return refusal({ message: 'A query attribute must be specified and must be a string.' });
  const found = read(query);
  if ('errors' in found) return refusal(...found.errors);
  const { document } = found;
  const operation = getOperationAST(document, typeof operationName === 'string' ? operationName : null);
  if (!operation) return refusal({ message: 'No operation named that way, or several and no name' });
  const variables = (request.variables ?? {}) as Args;
  const cost = costOf(schema, operation, { document, variables });
  return {
    operation: describe(operation, cost),
    execute: (context) => {
      if (cost.errors.length > 0) return { errors: cost.errors };
      const own: CostContext = { ...context, cost: cost.points, nodeCount: cost.nodes };
      return run(schema, { document, operation, variables }, own);
    },
  };
}

function run(
  schema: GraphQLSchema,
  asked: { document: DocumentNode; operation: OperationDefinitionNode; variables: Args },
  context: CostContext,
): Record<string, unknown> {
  const result = execute({
    schema,
    document: asked.document,
    operationName: asked.operation.name?.value,
    variableValues: asked.variables,
    contextValue: context,
    fieldResolver: context.partial === undefined ? resolveField : resolvePartially,
    typeResolver: typeOf,
  }) as ExecutionResult; // no resolver waits for anything
  const { data, errors } = result;
  const answer = data === undefined ? {} : { data };
  return errors === undefined ? answer : { ...answer, errors: errors.map(errorJson) };
}

function describe(operation: OperationDefinitionNode, { points, nodes }: QueryCost): FakeGraphqlOperation {
  const fields = operation.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD);
  return {
    type: operation.operation,
    name: operation.name?.value,
    fields: fields.map(({ name }) => name.value),
    cost: points,
    nodes,
  };
}

function refusal(...errors: readonly GraphqlErrorJson[]): PreparedGraphql {
  return { operation: undefined, execute: () => ({ errors }) };
}

type Resolve = GraphQLFieldResolver<unknown, GraphqlContext, Args>;

/** The value of a field by the fake's own resolvers; what none of them knows is an error, and never null. */
const resolveField: Resolve = (source, args, context, info) => {
  const { fieldName, parentType } = info;
  if (source instanceof Connection || source instanceof Data) return dataField(source, info);
  const resolver = RESOLVERS[parentType.name]?.[fieldName] as FieldResolver<unknown> | undefined;
  if (resolver === undefined) throw new NotImplemented(`${parentType.name}.${fieldName}`);
  refuseArguments(typeof resolver === 'function' ? [] : resolver.args, args, info);
  return typeof resolver === 'function' ? resolver(source, context) : resolver.resolve(source, args, context);
};

/** The same where some fields are to fail. */
const resolvePartially: Resolve = (source, args, context, info) => {
  const { paths = [], type, message } = context.partial ?? {};
  const path = pathOf(info.path);
  if (paths.some((wanted) => (typeof wanted === 'string' ? wanted === path : wanted.test(path)))) {
    const why = message ?? 'Resource limits for this query exceeded.';
    throw Object.assign(new Error(why), { type: type ?? 'RESOURCE_LIMITS_EXCEEDED' });
  }
  return resolveField(source, args, context, info);
};

/** A field of what is its fields. */
function dataField(source: Connection | Data, { fieldName, parentType }: GraphQLResolveInfo): unknown {
  if (source instanceof Data) {
    if (fieldName in source.fields) return source.fields[fieldName];
  } else {
    const field = CONNECTION_FIELDS[fieldName];
    if (field !== undefined) return field(source);
  }
  throw new NotImplemented(`${parentType.name}.${fieldName}`);
}

const CONNECTION_FIELDS: Readonly<Record<string, ((connection: Connection) => unknown) | undefined>> = {
  nodes: ({ nodes }) => nodes,
  edges: ({ edges }) => edges.map((edge) => new Data(edge)),
  pageInfo: ({ pageInfo }) => new Data(pageInfo),
  totalCount: ({ totalCount }) => totalCount,
};

/** Arguments that a resolver does not know must be what the schema takes when they are missing. */
function refuseArguments(known: readonly string[], args: Args, { parentType, fieldName }: GraphQLResolveInfo): void {
  const names = Object.keys(args);
  if (names.every((name) => known.includes(name))) return;
  const declared = parentType.getFields()[fieldName]?.args ?? [];
  const other = names.find(
    (name) => !known.includes(name) && declared.find((arg) => arg.name === name)?.defaultValue !== args[name],
  );
  if (other !== undefined) throw new NotImplemented(`${parentType.name}.${fieldName}(${other}:)`);
}

/** `r0.pullRequests.nodes.3` */
function pathOf(path: GraphQLResolveInfo['path']): string {
  return path.prev === undefined ? String(path.key) : `${pathOf(path.prev)}.${String(path.key)}`;
}

/** GitHub puts the type of an error at its top, not into `extensions`. */
function errorJson({ message, locations, path, originalError }: GraphQLError): GraphqlErrorJson {
  const type = (originalError as { readonly type?: string } | undefined)?.type;
  return { ...(type === undefined ? {} : { type }), ...(path === undefined ? {} : { path }), locations, message };
}
