/** Said in the place of a page, or of a part of one, that could not be fetched. */
import { Alert, Button, Code, Container, Stack, Text, Title } from '@mantine/core';

export function LostPage() {
  return (
    <Container size="md" py="xl" role="alert">
      <Stack align="flex-start">
        <Title order={1} size="h2">
          The page could not be loaded
        </Title>
        <Text>
          The server is gone or this session has ended. Reload; if that does not help, start <Code>penumbra serve</Code>{' '}
          and open the address that it prints.
        </Text>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </Stack>
    </Container>
  );
}

/** The rest of the page stays. */
export function LostPart() {
  return (
    <Alert color="yellow" mt="md" title="This part of the page could not be loaded">
      Reload the page once its server can be reached.
    </Alert>
  );
}
