/** A page that breaks takes nothing else with it: what happened can be copied, and the page opened again. */
import { Button, Code, Container, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';

type Props = Readonly<{
  /** Going elsewhere leaves the error behind. */
  address: string;
  children: ReactNode;
}>;
type State = Readonly<{ error: unknown; componentStack: string }>;

export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null, componentStack: '' };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  override componentDidCatch(_error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ componentStack: componentStack ?? '' });
  }

  override componentDidUpdate({ address }: Props): void {
    if (address !== this.props.address && this.state.error !== null) this.#retry();
  }

  override render(): ReactNode {
    const { error, componentStack } = this.state;
    if (error === null) return this.props.children;
    return <BrokenPage report={reportOf(error, componentStack)} onRetry={() => this.#retry()} />;
  }

  #retry(): void {
    this.setState({ error: null, componentStack: '' });
  }
}

function BrokenPage({ report, onRetry }: Readonly<{ report: string; onRetry: () => void }>) {
  return (
    <Container size="md" py="xl" role="alert">
      <Stack>
        <Title order={1} size="h2">
          This page met an error
        </Title>
        <Text>
          Runs and tasks go on. Open the page again; if it happens once more, please report it with this text:
        </Text>
        <Code block mah={320} style={{ overflow: 'auto' }} tabIndex={0} aria-label="Report">
          {report}
        </Code>
        <Group>
          <Button onClick={onRetry}>Open the page again</Button>
          <CopyButton value={report}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy the report'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Container>
  );
}

/** The address names runs and questions by their ids only. */
function reportOf(error: unknown, componentStack: string): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [window.location.hash, navigator.userAgent, text, componentStack.trim()].join('\n');
}
