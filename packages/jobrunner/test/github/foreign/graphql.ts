import { schema as github } from '@octokit/graphql-schema';
import { buildASTSchema, type DocumentNode, execute, type ExecutionResult, parse, validate } from 'graphql';

import type { ForeignIssue, ForeignPull, ForeignWorld } from './world.ts';

/** Where GitHub's schema leaves room, this is what the server does. */
export interface GraphqlRoom {
  /** Connections that may be null are, where they are empty, and so are lists of records that may be. */
  readonly nulls?: boolean | undefined;
  /** Records that may not be seen stand among the others. */
  readonly holes?: boolean | undefined;
  /** The most records of a page, whatever is asked for. */
  readonly shortPages?: number | undefined;
}

type Fields = Record<string, unknown>;
interface PageArguments {
  readonly first?: number;
  readonly last?: number;
  readonly after?: string;
  readonly states?: readonly string[];
  readonly labels?: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: string };
}

const schema = buildASTSchema(parse(github.idl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
const documents = new Map<string, DocumentNode>();

/** Answers a query: GitHub's schema over plain objects. */
export function answerGraphql(
  world: ForeignWorld,
  room: GraphqlRoom,
  { query, variables }: { readonly query: string; readonly variables?: Fields | undefined },
): unknown {
  const document = documents.get(query) ?? parse(query);
  if (!documents.has(query)) {
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    documents.set(query, document);
  }
  const rootValue = new Views(world, room).root();
  const answer = execute({ schema, document, variableValues: variables ?? null, rootValue }) as ExecutionResult;
  const errors = answer.errors?.map(({ message, path, originalError }) => {
    const { type } = (originalError ?? {}) as { readonly type?: string };
    return { type, path, message };
  });
  return { ...(errors === undefined ? {} : { errors }), data: answer.data };
}

/** What queries see. */
class Views {
  readonly #world: ForeignWorld;
  readonly #room: GraphqlRoom;

  constructor(world: ForeignWorld, room: GraphqlRoom) {
    this.#world = world;
    this.#room = room;
  }

  root(): Fields {
    return {
      rateLimit: null, // GitHub Enterprise Server has none unless it is told to
      repository: ({ owner, name }: { owner: string; name: string }) => this.#repository(`${owner}/${name}`),
      markPullRequestReadyForReview: this.#mutation((pull) => {
        this.#world.touch(pull, { isDraft: false });
      }),
      enablePullRequestAutoMerge: this.#mutation((pull) => {
        if (!this.#world.allowsAutoMerge) {
          throw refusal('UNPROCESSABLE', this.#world.refusal);
        }
        this.#world.touch(pull, { autoMerge: true });
      }),
      resolveReviewThread: ({ input }: { input: { threadId: string } }) => {
        const all = [...this.#world.pulls.values()].flatMap(({ threads }) => threads);
        const thread = all.find(({ id }) => id === input.threadId);
        if (thread === undefined) throw refusal('NOT_FOUND', 'Could not resolve to a node');
        thread.isResolved = true;
        return { thread };
      },
    };
  }

  #mutation(change: (pull: ForeignPull) => void) {
    return ({ input }: { input: { pullRequestId: string } }): Fields => {
      const pull = this.#world.pulls.get(Number(input.pullRequestId.slice(3)));
      if (pull === undefined) throw refusal('NOT_FOUND', 'Could not resolve to a node');
      change(pull);
      return { pullRequest: this.#pull(pull) };
    };
  }

  #repository(name: string): Fields {
    const { issues, pulls } = this.#world;
    const known = [this.#world.name, 'host-uk/core'].map((one) => one.toLowerCase());
    if (!known.includes(name.toLowerCase())) {
      throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
    }
    return {
      nameWithOwner: this.#world.name,
      issues: (args: PageArguments) =>
        this.#page(
          select([...issues.values()], args).map((one) => this.#issue(one)),
          args,
        ),
      pullRequests: (args: PageArguments) =>
        this.#page(
          select([...pulls.values()], args).map((one) => this.#pull(one)),
          args,
        ),
      issue: ({ number }: { number: number }) => this.#one(issues.get(number), 'Issue', (one) => this.#issue(one)),
      pullRequest: ({ number }: { number: number }) =>
        this.#one(pulls.get(number), 'PullRequest', (one) => this.#pull(one)),
    };
  }

  #one<T>(found: T | undefined, type: string, view: (one: T) => Fields): Fields {
    if (found === undefined) throw refusal('NOT_FOUND', `Could not resolve to an ${type} with the number.`);
    return view(found);
  }

  #issue(issue: ForeignIssue): Fields {
    const { assignees, subIssues } = issue;
    return {
      ...issue,
      ...{ author: null, repository: { nameWithOwner: this.#world.name } },
      assignees: (args: PageArguments) =>
        this.#page(
          assignees.map((login) => ({ login })),
          args,
        ),
      subIssues: (args: PageArguments) =>
        this.#page(
          subIssues.map((one) => this.#issue(one)),
          args,
        ),
      closedByPullRequestsReferences: (args: PageArguments) => this.#maybe([], args),
    };
  }

  #pull(pull: ForeignPull): Fields {
    const { number, head, committedAt, reviewedAt, checks, threads, autoMerge } = pull;
    const view = ({ id, isResolved, saidAt }: (typeof threads)[number]): Fields => {
      return {
        id,
        isResolved,
        comments: (args: PageArguments) => this.#page([{ createdAt: saidAt, author: null }], args),
      };
    };
    const reviews = reviewedAt === undefined ? [] : [{ submittedAt: reviewedAt, author: null }];
    return {
      ...pull,
      ...{ id: `PR_${String(number)}`, headRefOid: head, headRepository: null, author: null },
      mergeStateStatus: 'UNKNOWN',
      baseRepository: { autoMergeAllowed: this.#world.allowsAutoMerge },
      autoMergeRequest: autoMerge ? { enabledAt: null } : null,
      statusCheckRollup: checks === undefined ? null : { state: checks },
      reviewThreads: (args: PageArguments) => this.#page(threads.map(view), args),
      closingIssuesReferences: (args: PageArguments) => this.#maybe([], args),
      commits: (args: PageArguments) => this.#page([{ commit: { committedDate: committedAt } }], args),
      reviews: (args: PageArguments) => this.#maybe(reviews, args),
    };
  }

  /** A connection that the schema lets be null. */
  #maybe(records: readonly Fields[], args: PageArguments): Fields | null {
    return records.length === 0 && this.#room.nulls === true ? null : this.#page(records, args);
  }

  #page(records: readonly Fields[], { first, last, after }: PageArguments): Fields {
    const { nulls, holes, shortPages = 100 } = this.#room;
    const begin = after === undefined ? 0 : Number(after.slice(1));
    const size = Math.min(first ?? last ?? 0, shortPages);
    const nodes = last === undefined ? records.slice(begin, begin + size) : records.slice(-size);
    const end = begin + nodes.length;
    const hasNextPage = last === undefined && end < records.length;
    const shown =
      nodes.length === 0 && nulls === true ? null : [...nodes, ...(holes === true && !hasNextPage ? [null] : [])];
    return {
      nodes: shown,
      totalCount: records.length,
      pageInfo: { hasNextPage, endCursor: nodes.length === 0 ? null : `c${String(end)}` },
    };
  }
}

/** Records of a list, in its order. */
function select<T extends ForeignIssue | ForeignPull>(
  all: readonly T[],
  { states, labels, orderBy }: PageArguments,
): T[] {
  const sign = orderBy?.direction === 'DESC' ? -1 : 1;
  return all
    .filter(({ state }) => states?.includes(state) ?? true)
    .filter((one) => labels === undefined || ('labels' in one && one.labels.some((label) => labels.includes(label))))
    .sort(
      (a, b) => sign * (orderBy?.field === 'UPDATED_AT' ? a.updatedAt.localeCompare(b.updatedAt) : a.number - b.number),
    );
}

function refusal(type: string, message: string): Error {
  return Object.assign(new Error(message), { type });
}
